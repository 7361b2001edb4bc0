-- In each partition, the plays in windows are the listens whose window has closed, save those that came too late.
-- Windows of a partition close in order, so all that end by the last closed one have closed. Holds once the jobs that
-- clean listens and count plays have read equally far, as they have when the log is finished.
with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

plays as (

    select
        partition,
        max(window_end) as closed_until,
        sum(plays) as plays

    from {{ ref('stg_plays_per_song') }}

    group by partition

),

late as (

    select event_id

    from {{ source('raw', 'late_listen_events') }}

),

counted as (

    select
        plays.partition,
        plays.plays,
        count(listens.event_id) as listens

    from plays

    left join listens
        on plays.partition = listens._partition
        and listens.ts < plays.closed_until
        and not exists (
            select 1 from late

            where late.event_id = listens.event_id
        )

    group by plays.partition, plays.plays

)

select * from counted

where plays <> listens
