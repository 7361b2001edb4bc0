/** What `--help` prints. */
export const help = `Usage: npx @streamify/kafka-local start|stop|status|fetch [options]
In a clone:  npm run kafka -- start|stop|status|fetch [options]

Runs a real Kafka broker and a schema registry on this machine, for people with no cluster.
Both listen on 127.0.0.1 only. Needs Java 17, and Maven to fetch the jars the first time.

  start   starts both in the background and ends when they can be used; does nothing when they run
  stop    ends both cleanly; the data stay
  status  tells what runs, and ends with 0 when all that was started runs, else with 1
  fetch   fetches the jars and starts nothing, so that later starts need no network

  --dir DIR             the folder of the data and the logs (.streamify/kafka)
  --port PORT           where the broker listens (9092)
  --registry-port PORT  where the registry listens (8081)
  --no-registry         starts the broker alone
  --heap SIZE           the broker's largest heap, such as 512m (1g)
  --foreground          start: stays, and ends both at Ctrl-C
  --help                shows this

STREAMIFY_CACHE is the folder of the jars (.streamify/cache).
`;
