"""The capstone: a first look at one's own table, a checklist of all lessons, a page to fill, a rubric for peers.

It holds no method: models, splits and intervals come from the rooms of their lessons.
"""

from recsys_helpers.capstone.checklist import CHECKLIST, Ask, checklist
from recsys_helpers.capstone.look import first_report
from recsys_helpers.capstone.questions import QUESTIONS, Question, questions
from recsys_helpers.capstone.report import ROWS, Report
from recsys_helpers.capstone.rubric import RUBRIC, grade, rubric
from recsys_helpers.capstone.table import load_table

__all__ = [
    "CHECKLIST",
    "QUESTIONS",
    "ROWS",
    "RUBRIC",
    "Ask",
    "Question",
    "Report",
    "checklist",
    "first_report",
    "grade",
    "load_table",
    "questions",
    "rubric",
]
