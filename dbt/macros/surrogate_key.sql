{# A key of 32 hexadecimal digits that is a function of the columns: a rebuild gives the same keys. #}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        {%- if not loop.first %} || '|' || {% endif %}coalesce(cast({{ column }} as varchar), '')
        {%- endfor -%}
    )
{%- endmacro %}
