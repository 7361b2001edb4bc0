with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

descriptions as (

    select
        track_id,
        song,
        artist_id,
        artist,
        duration,
        count(*) as listens

    from listens

    where track_id is not null

    group by track_id, song, artist_id, artist, duration

),

-- a description is taken as a whole, so that a row never mixes two of them
known as (

    select
        {{ surrogate_key(['track_id']) }} as song_key,
        track_id,
        coalesce(song, 'Unknown') as song,
        artist_id,
        coalesce(artist, 'Unknown') as artist_credit,
        duration

    from descriptions

    qualify row_number() over (
        partition by track_id
        order by
            case when song is null then 1 else 0 end,
            listens desc, song, artist_id, artist, duration
    ) = 1

),

unknown as (

    select
        {{ unknown_key() }} as song_key,
        null as track_id,
        'Unknown' as song,
        null as artist_id,
        'Unknown' as artist_credit,
        null as duration

),

final as (

    select * from known

    union all

    select * from unknown

)

select * from final
