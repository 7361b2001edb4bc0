with

user_events as (

    select * from {{ ref('int_user_events') }}

),

user_levels as (

    select * from {{ ref('int_user_levels') }}

),

-- put together before they are sorted: a row or two a user instead of one an event
seen_attributes as (

    select
        user_id,
        first_name,
        last_name,
        gender,
        registered_at,
        tag,
        max(ts) as last_seen_at

    from user_events

    group by user_id, first_name, last_name, gender, registered_at, tag

),

{% set latest_first -%}
over (
            partition by user_id
            order by last_seen_at desc, first_name, last_name, gender, registered_at, tag
            rows between unbounded preceding and unbounded following
        )
{%- endset -%}

latest_attributes as (

    select distinct
        user_id,
        first_value(first_name ignore nulls) {{ latest_first }} as first_name,
        first_value(last_name ignore nulls) {{ latest_first }} as last_name,
        first_value(gender ignore nulls) {{ latest_first }} as gender,
        first_value(registered_at ignore nulls) {{ latest_first }} as registered_at,
        first_value(tag ignore nulls) {{ latest_first }} as tag

    from seen_attributes

),

known as (

    select
        -- keys
        {{ surrogate_key(['user_levels.user_id', 'user_levels.valid_from']) }} as user_key,
        user_levels.user_id,

        -- attributes
        latest_attributes.first_name,
        latest_attributes.last_name,
        latest_attributes.gender,
        latest_attributes.registered_at,
        latest_attributes.tag,

        -- history
        user_levels.level,
        user_levels.valid_from,
        user_levels.valid_to,
        user_levels.is_current

    from user_levels

    left join latest_attributes on user_levels.user_id = latest_attributes.user_id

),

unknown as (

    select
        {{ unknown_key() }} as user_key,
        null as user_id,
        'Unknown' as first_name,
        'Unknown' as last_name,
        null as gender,
        null as registered_at,
        null as tag,
        'unknown' as level,
        cast('1900-01-01' as timestamp) as valid_from,
        {{ end_of_time() }} as valid_to,
        true as is_current

),

final as (

    select * from known

    union all

    select * from unknown

)

select * from final
