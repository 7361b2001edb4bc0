import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.avro.functions;

/**
 * Reads topics by Spark, each as a batch. The request on standard input has brokers, the schema of the values, and
 * which topics are read with which isolation; the answer has the rows of each, or an error. Times are milliseconds,
 * bytes are hexadecimal digits, and decimals are text.
 */
public class ReadTopics {
  /** Behind Confluent's magic byte and schema id, which Spark's Avro does not know. */
  private static final String BARE = "substring(value, 6)";

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode request = json.readTree(System.in);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate();
    List<Object> answers = new ArrayList<>();
    for (JsonNode reading : request.get("readings")) answers.add(read(spark, request, reading));
    System.out.println(json.writeValueAsString(answers));
    spark.stop();
  }

  private static Map<String, Object> read(SparkSession spark, JsonNode request, JsonNode reading) {
    try {
      List<String> rows =
          spark
              .read()
              .format("kafka")
              .option("kafka.bootstrap.servers", request.get("brokers").asText())
              .option("kafka.isolation.level", reading.get("isolation").asText())
              .option("subscribe", reading.get("topic").asText())
              .load()
              .filter("value IS NOT NULL")
              .select(expr(BARE).as("value"))
              .select(
                  functions.from_avro(col("value"), request.get("schema").toString()).as("row"))
              .select("row.*")
              .withColumn("at", expr("unix_millis(at)"))
              .withColumn("expires", expr("unix_millis(expires)"))
              .withColumn("price", expr("cast(price AS string)"))
              .withColumn("receipt", expr("lower(hex(receipt))"))
              .withColumn("checksum", expr("lower(hex(checksum))"))
              .selectExpr("to_json(struct(*), map('ignoreNullFields', 'false')) AS json")
              .as(Encoders.STRING())
              .collectAsList();
      return Map.of("rows", rows);
    } catch (Exception failure) {
      return Map.of("error", failure.toString());
    }
  }
}
