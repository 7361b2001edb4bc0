with

user_events as (

    select * from {{ ref('int_user_events') }}

),

users as (

    select
        user_id,
        min(ts) as first_seen_at

    from user_events

    group by user_id

),

-- one level a moment: of events at the same time the last one in the session counts, and of one
-- request the change, since its page view still shows the old level
levels as (

    select
        user_id,
        ts,
        level

    from user_events

    where level is not null

    qualify row_number() over (
        partition by user_id, ts
        order by session_id desc, item_in_session desc nulls last, is_level_change desc, level desc
    ) = 1

),

changes as (

    select
        user_id,
        level,
        ts as changed_at

    from levels

    qualify level is distinct from lag(level) over (partition by user_id order by ts)

),

periods as (

    select
        user_id,
        level,
        changed_at,
        lead(changed_at) over (partition by user_id order by changed_at) as next_change_at,
        row_number() over (partition by user_id order by changed_at) as level_number

    from changes

),

final as (

    select
        users.user_id,
        coalesce(periods.level, 'unknown') as level,

        -- the first level that is seen also holds for the events before it
        case
            when periods.level_number > 1 then periods.changed_at
            else users.first_seen_at
        end as valid_from,

        coalesce(periods.next_change_at, {{ end_of_time() }}) as valid_to,
        periods.next_change_at is null as is_current

    from users

    left join periods on users.user_id = periods.user_id

)

select * from final
