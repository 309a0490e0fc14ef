"""The reading site: the solved lessons as web pages, with search, a glossary and the known mistakes.

``python -m workbook.site`` builds it. It needs Sphinx, MyST-NB and Furo; nothing here is needed to learn.
"""
