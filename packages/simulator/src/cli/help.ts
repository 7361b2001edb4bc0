/** What `--help` prints. */
export const help = `Simulates the listeners of a music service: Eventsim, deterministic, without a JVM.

Usage: npx @streamify/simulator [options] [DIR]
In a clone:  npm run simulate -- [options] [DIR]

Writes listen_events, page_view_events, auth_events and status_change_events to DIR
(default: output). An option wins over the configuration, the configuration over the default.

Who and what
  -c, --config FILE          site and listeners, in Eventsim's format   (default: built in)
      --data DIR             songs, names, places and user agents of Eventsim, and similar songs
                             where it has them                          (default: built in)
  -n, --nusers N             users at the start                         (default 1)
  -g, --growth-rate R        users who join in a year, as a share       (default 0)
  -a, --attrition-rate R     users who leave in a year, as a share      (default 0)
  -u, --userid N             id of the first user                       (default 1)
  -r, --randomseed N         same seed, same events                     (default 0)
      --tag TEXT             a label on events that show their user

When (UTC)
  -s, --start-time TIME      such as 2026-03-02T00:00:00
  -e, --end-time TIME
  -f, --from DAYS            start so many days ago                     (default 15)
  -t, --to DAYS              end so many days ago                       (default 1)
      --days N               so many days from the start, instead of an end
      --continuous           up to now at full speed, then each event at its time, without an end
                             unless one is given
      --speed X              simulated time passes X times as fast as real time
      --rate N               N events a second, whatever their time
      --checkpoint FILE      remember how far it got; run again, it goes on from there

Where to (one of these)
      --out DIR              a file for each topic, as the trailing DIR
      --stdout               lines on standard output, with their topic
      --log DIR              a file log of @streamify/core
  -k, --kafka BROKERS        Kafka, such as localhost:9092; needs @streamify/kafka
      --schema-registry URL  where Avro's schemas are then, such as http://localhost:8081
      --sample N             N events on standard output, then stop
      --dry-run              nowhere: only count

How
      --format json|avro     json: lines with Eventsim's fields; avro: files, or values of a log
                             (default: json; avro for --log and --kafka)
      --ids                  adds eventId, deviceId, trackId and artistId to json
      --partitions N         partitions of a log's topics               (default 4)
      --workers N            threads; the output is the same            (default 1)
      --compat               repeat the auth events that Eventsim writes after redirects

Faults, as shares of the events from 0 to 1; a side file tells which events have them
      --duplicates R         written again a little later
      --late R               written when the simulation is 1 to 60 minutes further
      --out-of-order R       written up to 20 events later
      --malformed R          cut off, or not even begun well
      --schema-v2 R          with a field that the schema does not have yet
      --labels FILE          the side file     (default: faults.jsonl in DIR, else here)

      --json                 a summary as JSON, on standard output where that is free
  -v, --verbose              tell what is going to be simulated
  -h, --help                 show this
      --version              show the version

Eventsim's names work as well: --kafkaBrokerList, --useAvro, --nouseAvro, --nocontinuous.

  npx @streamify/simulator -n 1000 --days 30 -s 2026-03-02 events
  npx @streamify/simulator -n 1000 --from 7 --continuous --log .streamify/log --checkpoint sim.json
  npx @streamify/simulator --sample 5 --ids
`;
