-- Each dimension has its unknown member, once.
{% set keys = {
    'dim_users': 'user_key',
    'dim_songs': 'song_key',
    'dim_artists': 'artist_key',
    'dim_locations': 'location_key',
    'dim_datetime': 'datetime_key',
} %}

with

members as (

    {% for dimension, key in keys.items() %}
    {%- set unknown = unknown_hour() if key == 'datetime_key' else unknown_key() %}
    select
        '{{ dimension }}' as dimension,
        count(case when {{ key }} = {{ unknown }} then 1 end) as unknown_members

    from {{ ref(dimension) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from members

where unknown_members <> 1
