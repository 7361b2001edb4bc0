{# The key of the unknown member that each dimension has, so that no fact lacks one. #}
{% macro unknown_key() -%}
    '00000000000000000000000000000000'
{%- endmacro %}
