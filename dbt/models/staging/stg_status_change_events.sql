with

source as (

    select * from {{ source('raw', 'status_change_events') }}

),

final as (

    select
        -- the event
        event_id,
        ts,
        session_id,
        device_id,
        item_in_session,

        -- what happened
        auth,
        level as old_level,
        case level
            when 'free' then 'paid'
            when 'paid' then 'free'
        end as new_level,

        -- the device
        city,
        zip,
        state,
        user_agent,
        lon,
        lat,

        -- the listener
        user_id,
        first_name,
        last_name,
        gender,
        registration as registered_at,
        tag,

        -- its place in the log
        _topic,
        _partition,
        _offset,
        _ingested_at

    from source

    {{ first_landed() }}

)

select * from final
