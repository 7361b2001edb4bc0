with

listens as (

    select * from {{ ref('stg_listen_events') }}

),

us_states as (

    select * from {{ ref('us_states') }}

),

points as (

    select
        city,
        zip,
        state,
        lat,
        lon,
        count(*) as listens

    from listens

    where coalesce(city, zip, state) is not null

    group by city, zip, state, lat, lon

),

-- latitude and longitude are taken together, so that they are a place
locations as (

    select
        {{ surrogate_key(['city', 'zip', 'state']) }} as location_key,
        city,
        zip,
        state,
        lat,
        lon

    from points

    qualify row_number() over (
        partition by city, zip, state
        order by
            case when lat is null or lon is null then 1 else 0 end,
            listens desc, lat, lon
    ) = 1

),

known as (

    select
        locations.location_key,
        coalesce(locations.city, 'Unknown') as city,
        locations.zip,
        locations.state,
        coalesce(us_states.state_name, 'Unknown') as state_name,
        locations.lat,
        locations.lon

    from locations

    left join us_states on locations.state = us_states.state

),

unknown as (

    select
        {{ unknown_key() }} as location_key,
        'Unknown' as city,
        null as zip,
        null as state,
        'Unknown' as state_name,
        null as lat,
        null as lon

),

final as (

    select * from known

    union all

    select * from unknown

)

select * from final
