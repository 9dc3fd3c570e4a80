package dev.obdbuild.protos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.obdbuild.testkit.NeedsShared;
import dev.obdbuild.testkit.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every message, enum and method of the shared tables is here, with its numbers and types. */
@NeedsShared
final class TableTest {
  private static final List<FileDescriptor> FILES =
      List.of(
          dev.obdbuild.protos.control.SolveRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.types.WorkerRecord.getDescriptor().getFile(),
          dev.obdbuild.protos.apicaps.APICap.getDescriptor().getFile(),
          dev.obdbuild.protos.sourcepolicy.Policy.getDescriptor().getFile(),
          dev.obdbuild.protos.gateway.SolveRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.pb.Op.getDescriptor().getFile(),
          dev.obdbuild.protos.filesync.CredentialsRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.fsutil.Packet.getDescriptor().getFile(),
          dev.obdbuild.protos.secrets.GetSecretRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.ssh.CheckAgentRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.upload.BytesMessage.getDescriptor().getFile(),
          dev.obdbuild.protos.exporter.ExporterRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.content.Info.getDescriptor().getFile(),
          dev.obdbuild.protos.health.HealthCheckRequest.getDescriptor().getFile(),
          dev.obdbuild.protos.errdefs.Source.getDescriptor().getFile(),
          dev.obdbuild.protos.policysession.CheckPolicyRequest.getDescriptor().getFile());

  @Test
  void everyLineOfTheTablesIsDeclared() throws IOException {
    Set<String> ours = new TreeSet<>();
    for (FileDescriptor file : FILES) {
      file.getMessageTypes().forEach(m -> message(m, ours));
      file.getEnumTypes().forEach(e -> ours.add(text(e)));
      file.getServices().forEach(s -> service(s, ours));
    }
    assertThat(ours).isEqualTo(tables());
  }

  private static Set<String> tables() throws IOException {
    Set<String> lines = new TreeSet<>();
    String section = "";
    String message = "";
    for (String line : Files.readAllLines(Shared.path("spec/buildkit-messages.txt"))) {
      String text = line.strip().replaceAll(" {2,}", " ");
      if (line.startsWith("===== package ")) {
        section = line.split(" ")[2];
      } else if (line.startsWith("enum ")) {
        lines.add(text);
      } else if (section.equals("google.rpc") || section.isEmpty() || text.isEmpty()) {
        continue;
      } else if (text.startsWith("/")) {
        lines.add(text);
      } else if (text.matches("\\d+ .*")) {
        lines.add(message + " " + text);
      } else if (!text.startsWith("service ") && !text.startsWith("(")) {
        message = text;
      }
    }
    return lines;
  }

  private static void message(Descriptor message, Set<String> into) {
    for (FieldDescriptor field : message.getFields()) {
      String oneof =
          field.getRealContainingOneof() == null
              ? ""
              : " [oneof " + field.getRealContainingOneof().getName() + "]";
      String name = field.getName().equals("blob_descriptor") ? "descriptor" : field.getName();
      into.add(
          message.getFullName() + " " + field.getNumber() + " " + name + " " + type(field) + oneof);
    }
    message.getEnumTypes().forEach(e -> into.add(text(e)));
    for (Descriptor nested : message.getNestedTypes()) {
      if (!nested.getOptions().getMapEntry()) {
        message(nested, into);
      }
    }
  }

  private static String type(FieldDescriptor field) {
    if (field.isMapField()) {
      List<FieldDescriptor> parts = field.getMessageType().getFields();
      return "map<" + single(parts.get(0)) + "," + single(parts.get(1)) + ">";
    }
    return (field.isRepeated() ? "repeated " : "") + single(field);
  }

  private static String single(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> "enum " + field.getEnumType().getFullName();
      default -> field.getType().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String text(EnumDescriptor type) {
    StringBuilder text = new StringBuilder("enum " + type.getFullName() + ":");
    type.getValues()
        .forEach(v -> text.append(' ').append(v.getName()).append('=').append(v.getNumber()));
    return text.toString();
  }

  private static void service(ServiceDescriptor service, Set<String> into) {
    for (MethodDescriptor method : service.getMethods()) {
      into.add(
          "/"
              + service.getFullName()
              + "/"
              + method.getName()
              + " ("
              + (method.isClientStreaming() ? "stream " : "")
              + method.getInputType().getFullName()
              + ") -> ("
              + (method.isServerStreaming() ? "stream " : "")
              + method.getOutputType().getFullName()
              + ")");
    }
  }
}
