-- Of a day that has a session with other hours than the rules say, or none by the rules: '0930-1300'.
ALTER TABLE closures ADD COLUMN hours text;
