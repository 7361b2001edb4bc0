with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

names as (

    select
        artist_id,
        artist,
        count(distinct track_id) as tracks

    from listens

    where artist_id is not null

    group by artist_id, artist

),

-- the name on most tracks; of several the shortest, which is the one without guests
known as (

    select
        {{ surrogate_key(['artist_id']) }} as artist_key,
        artist_id,
        coalesce(artist, 'Unknown') as artist

    from names

    qualify row_number() over (
        partition by artist_id
        order by
            case when artist is null then 1 else 0 end,
            tracks desc, length(artist), artist
    ) = 1

),

unknown as (

    select
        {{ unknown_key() }} as artist_key,
        null as artist_id,
        'Unknown' as artist

),

final as (

    select * from known

    union all

    select * from unknown

)

select * from final
