-- The schema as lines: the table, and what it has. Left out is what differs between MySQL, MariaDB
-- and their versions: display widths of numbers, the server's own collation, two words for RESTRICT.
SELECT CAST(t.table_name AS CHAR) AS owner, CAST(concat('engine ', t.engine) AS CHAR) AS line
  FROM information_schema.tables t
 WHERE t.table_schema = DATABASE()
UNION ALL
SELECT CAST(c.table_name AS CHAR),
       CAST(concat('column ', c.column_name, ' ',
           IF(c.data_type IN ('bigint', 'int', 'smallint'),
              concat(c.data_type, IF(c.column_type LIKE '%unsigned%', ' unsigned', '')), c.column_type),
           IF(c.collation_name = 'utf8mb4_bin', ' collate utf8mb4_bin', ''),
           IF(c.is_nullable = 'NO', ' not null', ''),
           IF(c.column_default IS NULL OR c.column_default = 'NULL', '', concat(' default ', c.column_default)),
           IF(c.extra = '', '', concat(' ', c.extra))) AS CHAR)
  FROM information_schema.columns c
 WHERE c.table_schema = DATABASE()
UNION ALL
SELECT CAST(s.table_name AS CHAR),
       CAST(concat(
           CASE WHEN s.index_name = 'PRIMARY' THEN 'primary key'
                ELSE concat(IF(min(s.non_unique) = 0, 'unique ', ''), 'index ', s.index_name) END, ' (',
           group_concat(concat(coalesce(s.column_name, '<expression>'),
                               IF(s.sub_part IS NULL, '', concat('(', s.sub_part, ')')),
                               IF(s.collation = 'D', ' desc', ''))
                        ORDER BY s.seq_in_index SEPARATOR ', '), ')') AS CHAR)
  FROM information_schema.statistics s
 WHERE s.table_schema = DATABASE()
 GROUP BY s.table_name, s.index_name
UNION ALL
SELECT CAST(k.table_name AS CHAR),
       CAST(concat('foreign key ', k.constraint_name, ' (',
           group_concat(k.column_name ORDER BY k.ordinal_position SEPARATOR ', '),
           ') references ', min(k.referenced_table_name), ' (',
           group_concat(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', '),
           ') on delete ', lower(replace(min(r.delete_rule), 'NO ACTION', 'RESTRICT')),
           ' on update ', lower(replace(min(r.update_rule), 'NO ACTION', 'RESTRICT'))) AS CHAR)
  FROM information_schema.key_column_usage k
  JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
   AND r.table_name = k.table_name
 WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
 GROUP BY k.table_name, k.constraint_name
UNION ALL
SELECT CAST(g.event_object_table AS CHAR), CAST(concat('trigger ', g.trigger_name) AS CHAR)
  FROM information_schema.triggers g
 WHERE g.trigger_schema = DATABASE()
