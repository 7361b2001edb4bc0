{# The key of the unknown hour. Hours have keys that can be read, such as 2026050413. #}
{% macro unknown_hour() -%}
    0
{%- endmacro %}
