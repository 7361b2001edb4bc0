{# Where a period ends that is current: a join then needs no `or valid_to is null`, which DuckDB joins row by row. #}
{% macro end_of_time() -%}
    cast('9999-12-31' as timestamp)
{%- endmacro %}
