package dev.obdbuild.builder.attest;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.obdbuild.oci.json.JsonWriter;
import dev.obdbuild.protos.pb.FileAction;
import dev.obdbuild.protos.pb.Op;
import dev.obdbuild.protos.pb.UserOpt;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Messages of the graph as the JSON that BuildKit's provenance holds: fields by their own names,
 * enums and all integers as numbers, bytes as base64, what is unset left out; and the alternatives
 * of an operation, a file action or a user in an object of their own.
 */
final class MessageJson {

  private MessageJson() {}

  static JsonWriter of(Message message) {
    return switch (message) {
      case Op op -> choice(op, "Op");
      case FileAction action -> choice(action, "Action", "input", "secondaryInput", "output");
      case UserOpt user -> choice(user, "User");
      default -> fields(message, new JsonWriter(), false);
    };
  }

  /**
   * @param name of the object that holds the one alternative
   * @param always integers that are told even if they are 0
   */
  private static JsonWriter choice(Message message, String name, String... always) {
    JsonWriter out = new JsonWriter();
    for (String field : always) {
      FieldDescriptor descriptor = message.getDescriptorForType().findFieldByName(field);
      out.alwaysInteger(field, (Long) message.getField(descriptor));
    }
    out.object(name, fields(message, new JsonWriter(), true));
    List<String> told = List.of(always);
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      FieldDescriptor descriptor = field.getKey();
      if (descriptor.getContainingOneof() == null && !told.contains(descriptor.getName())) {
        out.raw(descriptor.getName(), value(descriptor, field.getValue()));
      }
    }
    return out;
  }

  private static JsonWriter fields(Message message, JsonWriter out, boolean alternatives) {
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      FieldDescriptor descriptor = field.getKey();
      if (!alternatives || descriptor.getContainingOneof() != null) {
        out.raw(name(descriptor), value(descriptor, field.getValue()));
      }
    }
    return out;
  }

  /** Go's encoder of a user spells this one differently from the message. */
  private static String name(FieldDescriptor field) {
    return field.getName().equals("byID") ? "byId" : field.getName();
  }

  private static String value(FieldDescriptor field, Object value) {
    if (field.isMapField()) {
      Map<String, String> entries = new TreeMap<>();
      for (Object entry : (List<?>) value) {
        Message pair = (Message) entry;
        List<FieldDescriptor> both = pair.getDescriptorForType().getFields();
        entries.put(
            String.valueOf(pair.getField(both.getFirst())), single(pair.getField(both.getLast())));
      }
      JsonWriter map = new JsonWriter();
      entries.forEach(map::raw);
      return map.toString();
    }
    if (field.isRepeated()) {
      return ((List<?>) value)
          .stream().map(MessageJson::single).collect(Collectors.joining(",", "[", "]"));
    }
    return single(value);
  }

  private static String single(Object value) {
    return switch (value) {
      case Message message -> of(message).toString();
      case String text -> JsonWriter.text(text);
      case ByteString bytes ->
          JsonWriter.text(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case EnumValueDescriptor constant -> Integer.toString(constant.getNumber());
      default -> String.valueOf(value);
    };
  }
}
