with

listens as (

    select
        *,
        {{ surrogate_key(['city', 'zip', 'state']) }} as location_key,
        {{ dbt.date_trunc('hour', 'ts') }} as hour_start

    from {{ ref('stg_listen_events') }}

),

users as (

    select * from {{ ref('dim_users') }}

),

songs as (

    select * from {{ ref('dim_songs') }}

),

artists as (

    select * from {{ ref('dim_artists') }}

),

locations as (

    select * from {{ ref('dim_locations') }}

),

hours as (

    select * from {{ ref('dim_datetime') }}

),

final as (

    select
        -- keys
        listens.event_id,
        coalesce(hours.datetime_key, {{ unknown_hour() }}) as datetime_key,
        coalesce(users.user_key, {{ unknown_key() }}) as user_key,
        coalesce(songs.song_key, {{ unknown_key() }}) as song_key,
        coalesce(artists.artist_key, {{ unknown_key() }}) as artist_key,
        coalesce(locations.location_key, {{ unknown_key() }}) as location_key,

        -- the listen
        listens.ts,
        listens.session_id,
        listens.item_in_session,
        listens.device_id,
        listens.user_id,
        listens.auth,
        coalesce(listens.level, users.level, 'unknown') as level,

        -- measures
        listens.duration,

        -- its place in the log
        listens._partition,
        listens._offset,
        listens._ingested_at

    from listens

    left join users
        on listens.user_id = users.user_id
        and listens.ts >= users.valid_from
        and listens.ts < users.valid_to

    left join songs on listens.track_id = songs.track_id

    left join artists on listens.artist_id = artists.artist_id

    left join locations on listens.location_key = locations.location_key

    left join hours on listens.hour_start = hours.hour_start

)

select * from final
