"""Data sets: found, fetched or drawn, always checked.

    from workbook.data import load_signs
    X_train, y_train, X_test, y_test, classes, source = load_signs()

Importing this loads neither NumPy nor h5py; they come with the first set.
"""

from workbook.data.alpaca import AlpacaData, load_alpaca
from workbook.data.camvid import CamvidData, load_camvid
from workbook.data.catalog import Finding, SetState, SourceState, describe_all, get, sets, verify
from workbook.data.errors import DataError
from workbook.data.people import PeopleData, load_people
from workbook.data.roads import RoadsData, load_roads
from workbook.data.signs import SignsData, load_signs
from workbook.data.smiles import SmilesData, load_smiles

__all__ = [
    "AlpacaData",
    "CamvidData",
    "DataError",
    "Finding",
    "PeopleData",
    "RoadsData",
    "SetState",
    "SignsData",
    "SmilesData",
    "SourceState",
    "describe_all",
    "get",
    "load_alpaca",
    "load_camvid",
    "load_people",
    "load_roads",
    "load_signs",
    "load_smiles",
    "sets",
    "verify",
]
