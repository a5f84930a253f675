-- The schema as lines: the table, and what it has. The pragmas are SQLite's catalogue.
WITH tables AS (
    SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
)
SELECT t.name AS owner,
       'column ' || c.name || ' ' || lower(c.type) || iif(c."notnull", ' not null', '')
           || coalesce(' default ' || c.dflt_value, '') AS line
  FROM tables t JOIN pragma_table_xinfo(t.name) c
UNION ALL
SELECT t.name, 'autoincrement' FROM tables t WHERE t.sql LIKE '%autoincrement%'
UNION ALL
SELECT t.name,
       'primary key (' || (SELECT group_concat(name, ', ')
                             FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk ORDER BY pk)) || ')'
  FROM tables t
 WHERE EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE pk)
UNION ALL
SELECT t.name,
       iif(i."unique", 'unique ', '') || 'index ' || i.name || ' ('
           || (SELECT group_concat(part, ', ')
                 FROM (SELECT coalesce(name, '<expression>') || iif("desc", ' desc', '') AS part
                         FROM pragma_index_xinfo(i.name) WHERE "key" ORDER BY seqno)) || ')'
           || iif(i.partial, ' ' || (SELECT substr(sql, instr(upper(sql), 'WHERE '))
                                       FROM sqlite_master WHERE type = 'index' AND name = i.name), '')
  FROM tables t JOIN pragma_index_list(t.name) i
 WHERE i.origin <> 'pk'
UNION ALL
SELECT t.name,
       'foreign key (' || (SELECT group_concat("from", ', ')
                             FROM (SELECT "from" FROM pragma_foreign_key_list(t.name)
                                    WHERE id = f.id ORDER BY seq))
           || ') references ' || f."table" || ' ('
           || (SELECT group_concat("to", ', ')
                 FROM (SELECT "to" FROM pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq))
           || ') on delete ' || lower(f.on_delete) || ' on update ' || lower(f.on_update)
  FROM tables t JOIN pragma_foreign_key_list(t.name) f
 WHERE f.seq = 0
UNION ALL
SELECT tbl_name, 'trigger ' || name FROM sqlite_master WHERE type = 'trigger'
