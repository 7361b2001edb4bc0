"""Writes and reads events with confluent-kafka and its Avro serializers.

One request as JSON on the standard input, one answer as JSON on the standard output. What JSON
cannot hold is an object with one member: {"bytes": hex}, {"timestamp": epoch milliseconds},
{"decimal": text}.
"""

import json
import sys
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
    topic_subject_name_strategy,
)
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
WAIT = 60
SUBJECTS = {
    "topic": topic_subject_name_strategy,
    "record": record_subject_name_strategy,
    "topic-record": topic_record_subject_name_strategy,
}


def native(value):
    """What Python's serializer takes for a value of the request."""
    if isinstance(value, list):
        return [native(each) for each in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["bytes"]:
        return bytes.fromhex(value["bytes"])
    if list(value) == ["timestamp"]:
        return EPOCH + timedelta(milliseconds=value["timestamp"])
    if list(value) == ["decimal"]:
        return Decimal(value["decimal"])
    return {name: native(each) for name, each in value.items()}


def plain(value):
    """The JSON of a value that Python's deserializer gave."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime):
        return {"timestamp": (value - EPOCH) // timedelta(milliseconds=1)}
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def header_bytes(value):
    """The bytes of a header of the request."""
    return bytes.fromhex(value["bytes"]) if isinstance(value, dict) else value.encode()


def header_text(value):
    """A header as text, or as its bytes where it is none."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"bytes": value.hex()}


def produce(request, registry):
    # Java's clients and Streamify hash keys with murmur2; librdkafka's own default is another.
    config = {
        "bootstrap.servers": request["brokers"],
        "partitioner": "murmur2_random",
        "enable.idempotence": True,
    }
    transaction = request.get("transaction")
    if transaction:
        config["transactional.id"] = transaction["id"]
    producer = Producer(config)
    serialize = AvroSerializer(
        registry,
        # As JavaScript writes it: to a registry that compares texts it is then the same schema.
        json.dumps(request["schema"], separators=(",", ":"), ensure_ascii=False),
        conf={"subject.name.strategy": SUBJECTS[request.get("subject", "topic")]},
    )
    topic = request["topic"]
    partitions = {}
    failures = []

    def delivered(index):
        def note(error, message):
            if error:
                failures.append(str(error))
            else:
                partitions[index] = message.partition()

        return note

    if transaction:
        producer.init_transactions(WAIT)
        producer.begin_transaction()
    for index, record in enumerate(request["records"]):
        context = SerializationContext(topic, MessageField.VALUE)
        producer.produce(
            topic,
            key=record["key"].encode(),
            value=serialize(native(record["value"]), context),
            headers=[(name, header_bytes(value)) for name, value in record.get("headers", [])],
            on_delivery=delivered(index),
        )
        producer.poll(0)
    left = producer.flush(WAIT)
    if failures or left:
        raise SystemExit(f"{left} events were not delivered: {failures[:3]}")
    if transaction and transaction["commit"]:
        producer.commit_transaction(WAIT)
    elif transaction:
        producer.abort_transaction(WAIT)
    return {"partitions": [partitions[index] for index in range(len(partitions))]}


def consume(request, registry):
    """Reads each partition of the topic to its end."""
    consumer = Consumer(
        {
            "bootstrap.servers": request["brokers"],
            "group.id": "interop",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": request["isolation"],
        }
    )
    topic = request["topic"]
    deserialize = AvroDeserializer(registry)
    partitions = consumer.list_topics(topic, WAIT).topics[topic].partitions
    open_partitions = set(partitions)
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    records = []
    while open_partitions:
        message = consumer.poll(WAIT)
        if message is None:
            raise SystemExit(f"partitions {sorted(open_partitions)} of {topic} do not end")
        error = message.error()
        if error and error.code() == KafkaError._PARTITION_EOF:
            open_partitions.discard(message.partition())
            continue
        if error:
            raise SystemExit(str(error))
        value = deserialize(message.value(), SerializationContext(topic, MessageField.VALUE))
        records.append(
            {
                "partition": message.partition(),
                "key": message.key().decode(),
                "headers": [[name, header_text(value)] for name, value in message.headers() or []],
                "value": plain(value),
            }
        )
    consumer.close()
    return {"records": records}


def main():
    request = json.load(sys.stdin)
    registry = SchemaRegistryClient({"url": request["registry"]})
    work = {"produce": produce, "consume": consume}[request["do"]]
    json.dump(work(request, registry), sys.stdout)


main()
