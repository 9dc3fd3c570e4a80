package dev.obdbuild.llb;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.obdbuild.oci.image.Digest;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.protos.pb.Definition;
import dev.obdbuild.protos.pb.LinuxResources;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.OpMetadata;
import dev.obdbuild.protos.pb.ProgressGroup;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Graphs to JSON, as BuildKit's {@code frontend.convertllb} tells them: {@code def} has each
 * operation under its digest, {@code metadata} what is said of it, {@code source} the files.
 * Operations and files are in the JSON mapping of protobuf (names in lower camel case, integers of
 * 64 bits as text, enums by name, bytes in base64, what is unset left out), metadata in the one of
 * Go's structures.
 */
final class GraphJson {
  private GraphJson() {}

  static JsonWriter of(Graph graph) {
    Definition definition = GraphWriter.write(graph);
    SortedMap<String, JsonWriter> operations = new TreeMap<>();
    for (ByteString marshalled : definition.getDefList()) {
      operations.put(
          Digest.sha256(marshalled.toByteArray()).toString(), message(operation(marshalled)));
    }
    SortedMap<String, JsonWriter> metadata = new TreeMap<>();
    definition.getMetadataMap().forEach((digest, said) -> metadata.put(digest, said(said)));
    return new JsonWriter()
        .object("def", object(operations))
        .object("metadata", object(metadata))
        .object("source", message(definition.getSource()));
  }

  private static Op operation(ByteString marshalled) {
    try {
      return Op.parseFrom(marshalled);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a vertex that was read is no operation", e);
    }
  }

  private static JsonWriter object(SortedMap<String, JsonWriter> entries) {
    JsonWriter out = new JsonWriter();
    entries.forEach(out::object);
    return out;
  }

  private static JsonWriter said(OpMetadata said) {
    JsonWriter out = new JsonWriter().bool("ignore_cache", said.getIgnoreCache());
    out.map("description", said.getDescriptionMap());
    if (said.hasExportCache()) {
      out.object("export_cache", new JsonWriter().bool("Value", said.getExportCache().getValue()));
    }
    if (said.getCapsCount() > 0) {
      JsonWriter caps = new JsonWriter();
      new TreeMap<>(said.getCapsMap()).forEach((cap, is) -> caps.raw(cap, is.toString()));
      out.object("caps", caps);
    }
    if (said.hasProgressGroup()) {
      ProgressGroup group = said.getProgressGroup();
      out.object(
          "progress_group",
          new JsonWriter()
              .string("id", group.getId())
              .string("name", group.getName())
              .bool("weak", group.getWeak()));
    }
    if (said.hasLinuxResources()) {
      LinuxResources limits = said.getLinuxResources();
      out.object(
          "linux_resources",
          new JsonWriter()
              .integer("memory", limits.getMemory())
              .integer("memorySwap", limits.getMemorySwap())
              .integer("cpuShares", limits.getCpuShares())
              .integer("cpuPeriod", limits.getCpuPeriod())
              .integer("cpuQuota", limits.getCpuQuota())
              .string("cpusetCpus", limits.getCpusetCpus())
              .string("cpusetMems", limits.getCpusetMems()));
    }
    return out;
  }

  private static JsonWriter message(Message message) {
    JsonWriter out = new JsonWriter();
    message
        .getAllFields()
        .forEach((field, value) -> out.raw(field.getJsonName(), value(field, value)));
    return out;
  }

  private static String value(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      SortedMap<String, String> entries = new TreeMap<>();
      FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
      FieldDescriptor entry = field.getMessageType().findFieldByNumber(2);
      for (Object pair : (List<?>) value) {
        Message both = (Message) pair;
        entries.put(String.valueOf(both.getField(key)), one(entry, both.getField(entry)));
      }
      JsonWriter map = new JsonWriter();
      entries.forEach(map::raw);
      return map.toString();
    }
    return field.isRepeated()
        ? ((List<?>) value)
            .stream().map(item -> one(field, item)).collect(Collectors.joining(",", "[", "]"))
        : one(field, value);
  }

  private static String one(FieldDescriptor field, Object value) {
    return switch (value) {
      case Message message -> message(message).toString();
      case String text -> JsonWriter.text(text);
      case EnumValueDescriptor constant -> JsonWriter.text(constant.getName());
      case ByteString bytes ->
          JsonWriter.text(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case Long number when field.getJavaType() == FieldDescriptor.JavaType.LONG ->
          JsonWriter.text(Long.toString(number));
      default -> String.valueOf(value);
    };
  }
}
