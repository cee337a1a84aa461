"""No doctests are looked for in the bank: that would import each file once more, and every answer be there twice."""

collect_ignore_glob = ["*.py"]
