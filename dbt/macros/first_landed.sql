{# Keeps one row an event: the one that stands first in the log. #}
{% macro first_landed() -%}
    qualify row_number() over (partition by event_id order by _partition, _offset) = 1
{%- endmacro %}
