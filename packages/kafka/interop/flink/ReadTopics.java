import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.avro.shaded.org.apache.avro.Conversions;
import org.apache.flink.avro.shaded.org.apache.avro.LogicalTypes;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericFixed;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * Reads topics by Flink, each up to its end. The request on standard input has brokers, the registry, the schema of the
 * values, and which topics are read with which isolation; the answer has the rows of each, or an error. Times are
 * milliseconds, bytes are hexadecimal digits, and decimals are text.
 */
public class ReadTopics {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode request = json.readTree(System.in);
    List<Object> answers = new ArrayList<>();
    for (JsonNode reading : request.get("readings")) answers.add(read(request, reading));
    System.out.println(json.writeValueAsString(answers));
  }

  private static Map<String, Object> read(JsonNode request, JsonNode reading) {
    Schema schema = new Schema.Parser().parse(request.get("schema").toString());
    KafkaSource<GenericRecord> source =
        KafkaSource.<GenericRecord>builder()
            .setBootstrapServers(request.get("brokers").asText())
            .setTopics(reading.get("topic").asText())
            .setProperty("isolation.level", reading.get("isolation").asText())
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setBounded(OffsetsInitializer.latest())
            .setValueOnlyDeserializer(
                ConfluentRegistryAvroDeserializationSchema.forGeneric(
                    schema, request.get("registryUrl").asText()))
            .build();
    StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment();
    flink.setParallelism(1);
    List<Object> rows = new ArrayList<>();
    try (CloseableIterator<GenericRecord> records =
        flink.fromSource(source, WatermarkStrategy.noWatermarks(), "topic").executeAndCollect()) {
      while (records.hasNext()) rows.add(plain(records.next()));
      return Map.of("rows", rows);
    } catch (Exception failure) {
      return Map.of("error", failure.toString());
    }
  }

  private static Object plain(Object value) {
    if (value instanceof GenericRecord record) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (Schema.Field field : record.getSchema().getFields())
        fields.put(field.name(), field(field.schema(), record.get(field.pos())));
      return fields;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      map.forEach((key, each) -> entries.put(key.toString(), plain(each)));
      return entries;
    }
    if (value instanceof List<?> list) return list.stream().map(ReadTopics::plain).toList();
    if (value instanceof GenericFixed fixed) return HexFormat.of().formatHex(fixed.bytes());
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return HexFormat.of().formatHex(bytes);
    }
    if (value == null || value instanceof Number || value instanceof Boolean) return value;
    return value.toString();
  }

  private static Object field(Schema schema, Object value) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal)
      return new Conversions.DecimalConversion()
          .fromBytes((ByteBuffer) value, schema, decimal)
          .toPlainString();
    return plain(value);
  }
}
