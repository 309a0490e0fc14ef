"""Sphinx's settings for the reading site. It is copied beside the pages that workbook.site writes."""

project = "Convolutional networks, by hand and by heart"
author = "The authors of the workbook"
project_copyright = "The authors of the workbook. Text and figures: CC BY 4.0, code: MIT"

extensions = ["myst_nb"]

# The notebooks come with their outputs.
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}  # no script from elsewhere; sliders are for the workbook itself

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a lesson may go from its title to a third-level heading

html_theme = "furo"
html_title = "Convolutional networks"
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Opened as a file, a page may not read others, as the search does for its excerpts.
_NO_EXCERPTS = 'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;'
html_js_files = [(None, {"body": _NO_EXCERPTS})]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
templates_path = []
html_favicon = "_static/kernel.svg"
language = "en"
smartquotes = False  # the words of a check stand here as the check says them

mathjax_path = "mathjax/tex-chtml.js"
# The menu and what it would load from elsewhere are left out; formulas are read aloud as MathML.
mathjax3_config = {"options": {"enableMenu": False}}
