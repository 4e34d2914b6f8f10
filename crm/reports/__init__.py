"""Reports: the records of any view, counted or added up by one or two properties, and the dashboards that keep them."""
