import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;

/**
 * Writes and reads Avro with Apache's own library, to compare with.
 *
 * One request as JSON on the standard input, one answer as JSON on the standard output. What JSON
 * cannot hold is an object with one member, such as {"bytes": hex}; records and maps are
 * {"object": members}. Logical types are converted as the library does it, by the reader's schema.
 */
public class Resolve {
  static final ObjectMapper json = new ObjectMapper();
  static final HexFormat hex = HexFormat.of();
  /** Writes what lies below a logical type as it is. */
  static final GenericData plain = new GenericData();
  static final GenericData converting = new GenericData();

  static {
    converting.addLogicalTypeConversion(new Conversions.DecimalConversion());
    converting.addLogicalTypeConversion(new Conversions.UUIDConversion());
    converting.addLogicalTypeConversion(new TimeConversions.DateConversion());
    converting.addLogicalTypeConversion(new TimeConversions.TimeMillisConversion());
    converting.addLogicalTypeConversion(new TimeConversions.TimeMicrosConversion());
    converting.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    converting.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    converting.addLogicalTypeConversion(new TimeConversions.LocalTimestampMillisConversion());
    converting.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
  }

  public static void main(String[] args) throws Exception {
    JsonNode request = json.readTree(System.in);
    ArrayNode answers = json.createArrayNode();
    for (JsonNode trial : request.get("trials"))
      answers.add(request.get("do").asText().equals("write") ? writeAndRead(trial) : onlyRead(trial));
    json.writeValue(System.out, answers);
  }

  /** Writes a value bare and as a single object, and reads it with the schema of the reader. */
  static ObjectNode writeAndRead(JsonNode trial) throws Exception {
    Schema writer = schema(trial.get("writer"));
    Object datum = datum(trial.get("value"), writer);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<>(writer, plain).write(datum, encoder);
    encoder.flush();
    ObjectNode answer = read(bytes.toByteArray(), writer, schema(trial.get("reader")));
    answer.put("bytes", hex.formatHex(bytes.toByteArray()));
    answer.put("single", hex(new BinaryMessageEncoder<>(plain, writer).encode(datum)));
    answer.put("fingerprint", hex.formatHex(SchemaNormalization.parsingFingerprint("CRC-64-AVRO", writer)));
    return answer;
  }

  static ObjectNode onlyRead(JsonNode trial) {
    Schema writer = schema(trial.get("writer"));
    Schema reader = schema(trial.get("reader"));
    if (trial.has("bytes")) return read(hex.parseHex(trial.get("bytes").asText()), writer, reader);
    return attempt(answer -> {
      BinaryMessageDecoder<Object> decoder = new BinaryMessageDecoder<>(converting, reader);
      decoder.addSchema(writer);
      answer.set("value", node(decoder.decode(hex.parseHex(trial.get("single").asText()))));
    });
  }

  static ObjectNode read(byte[] bytes, Schema writer, Schema reader) {
    return attempt(answer -> {
      ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
      BinaryDecoder decoder = DecoderFactory.get().directBinaryDecoder(stream, null);
      answer.set("value", node(new GenericDatumReader<>(writer, reader, converting).read(null, decoder)));
      answer.put("rest", stream.available());
    });
  }

  interface Attempt {
    void fill(ObjectNode answer) throws Exception;
  }

  /** Whatever is thrown, the library does not read it. */
  static ObjectNode attempt(Attempt attempt) {
    ObjectNode answer = json.createObjectNode();
    try {
      attempt.fill(answer);
      return answer;
    } catch (Exception error) {
      return json.createObjectNode().put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
    }
  }

  static Schema schema(JsonNode node) {
    return new Schema.Parser().parse(node.toString());
  }

  /** What the library takes for a value of the request. */
  static Object datum(JsonNode value, Schema schema) {
    switch (schema.getType()) {
      case UNION:
        if (value.isNull()) return null;
        Schema branch = schema.getTypes().get(schema.getIndexNamed(value.get("branch").asText()));
        return datum(value.get("value"), branch);
      case RECORD:
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields())
          record.put(field.pos(), datum(value.get("object").get(field.name()), field.schema()));
        return record;
      case MAP:
        Map<String, Object> map = new HashMap<>();
        value.get("object").fields().forEachRemaining(
            entry -> map.put(entry.getKey(), datum(entry.getValue(), schema.getValueType())));
        return map;
      case ARRAY:
        List<Object> list = new ArrayList<>();
        for (JsonNode each : value) list.add(datum(each, schema.getElementType()));
        return list;
      case ENUM:
        return new GenericData.EnumSymbol(schema, value.asText());
      case FIXED:
        return new GenericData.Fixed(schema, hex.parseHex(value.get("bytes").asText()));
      case BYTES:
        return ByteBuffer.wrap(hex.parseHex(value.get("bytes").asText()));
      case INT:
        return value.asInt();
      case LONG:
        return value.asLong();
      case FLOAT:
        return (float) number(value);
      case DOUBLE:
        return number(value);
      case BOOLEAN:
        return value.asBoolean();
      case STRING:
        return value.asText();
      default:
        return null;
    }
  }

  static double number(JsonNode value) {
    if (value.isNumber()) return value.asDouble();
    return switch (value.get("float").asText()) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      default -> Double.NEGATIVE_INFINITY;
    };
  }

  /** A value that the library has read, as JSON. */
  static JsonNode node(Object value) {
    if (value instanceof GenericRecord record) {
      ObjectNode members = json.createObjectNode();
      for (Schema.Field field : record.getSchema().getFields())
        members.set(field.name(), node(record.get(field.pos())));
      return tagged("object", members);
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode members = json.createObjectNode();
      map.forEach((key, each) -> members.set(key.toString(), node(each)));
      return tagged("object", members);
    }
    if (value instanceof List<?> list) {
      ArrayNode items = json.createArrayNode();
      for (Object each : list) items.add(node(each));
      return items;
    }
    if (value instanceof Float || value instanceof Double) return real(((Number) value).doubleValue());
    if (value instanceof GenericFixed fixed) return tagged("bytes", hex.formatHex(fixed.bytes()));
    if (value instanceof ByteBuffer bytes) return tagged("bytes", hex(bytes));
    if (value instanceof BigDecimal decimal) return tagged("decimal", decimal.toPlainString());
    if (value instanceof UUID uuid) return tagged("uuid", uuid.toString());
    if (value instanceof LocalDate date) return tagged("days", date.toEpochDay());
    if (value instanceof LocalTime time) return tagged("micros", time.toNanoOfDay() / 1000);
    if (value instanceof Instant instant)
      return tagged("micros", instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000);
    if (value instanceof LocalDateTime local) return node(local.toInstant(ZoneOffset.UTC));
    if (value instanceof Number || value instanceof Boolean || value == null) return json.valueToTree(value);
    return json.valueToTree(value.toString());
  }

  static JsonNode real(double value) {
    if (Double.isNaN(value)) return tagged("float", "nan");
    if (Double.isInfinite(value)) return tagged("float", value > 0 ? "inf" : "-inf");
    return json.valueToTree(value);
  }

  static JsonNode tagged(String kind, Object held) {
    return json.createObjectNode().set(kind, json.valueToTree(held));
  }

  static String hex(ByteBuffer bytes) {
    byte[] all = new byte[bytes.remaining()];
    bytes.duplicate().get(all);
    return hex.formatHex(all);
  }
}
