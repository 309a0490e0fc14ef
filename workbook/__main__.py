"""``python -m workbook``: the command line."""

from workbook.cli import main

main()
