"""The program folder: Rounds' plain format, version 1.

`model` and `schedule` are pure values that every layer may read; the readers and writers beside them
turn folders, archives and workbooks into those values and back.
"""
