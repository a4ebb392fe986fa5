"""The program folder: Rounds' plain format, version 1.

`model` and `schedule` are pure values that every layer may read. Around them:

- in: `reader` (a program from a folder, archive or workbook) and `schedule_files` (a schedule), which name
  every fault at once as `issues`;
- out: `writer` and `schedule_files`, always in the `canonical` order;
- between: `difference` says what one program would change in another, `snapshot` freezes one with a hash.
"""
