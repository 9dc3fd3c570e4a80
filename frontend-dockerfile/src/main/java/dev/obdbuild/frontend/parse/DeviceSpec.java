package dev.obdbuild.frontend.parse;

import dev.obdbuild.frontend.DockerfileException;
import dev.obdbuild.frontend.Suggestion;
import java.util.List;
import java.util.Locale;

/**
 * What {@code RUN --device} asks for: {@code [name=]NAME[,required[=true]]}.
 *
 * @param name of a device of the Container Device Interface: {@code vendor/class}, {@code
 *     vendor/class=device}, {@code vendor/class=*} or the name of a class
 * @param required whether the step fails without it
 */
public record DeviceSpec(String name, boolean required) {

  static DeviceSpec parse(String text) throws DockerfileException {
    List<String> fields;
    try {
      fields = Csv.fields(text);
    } catch (DockerfileException e) {
      throw e.prefixed("failed to parse csv devices: ");
    }
    String name = "";
    boolean required = false;
    for (String field : fields) {
      String[] parts = field.split("=", 2);
      String key = parts[0].toLowerCase(Locale.ROOT);
      if (key.equals("required")) {
        required = parts.length < 2 || truth(key, parts[1]);
      } else if (key.equals("name") && parts.length == 2) {
        if (!name.isEmpty()) {
          throw new DockerfileException("device name already set to " + name);
        }
        name = parts[1];
      } else if (name.isEmpty()) {
        name = field;
      } else {
        throw unknown(key, field, parts.length == 2);
      }
    }
    return new DeviceSpec(name, required);
  }

  private static boolean truth(String key, String value) throws DockerfileException {
    return GoBool.parse(value)
        .orElseThrow(() -> new DockerfileException("invalid value for " + key + ": " + value));
  }

  private static DockerfileException unknown(String key, String field, boolean hasValue) {
    return new DockerfileException(
        hasValue
            ? Suggestion.append(
                "unexpected key '" + key + "' in '" + field + "'",
                key,
                List.of("name", "required"),
                true)
            : "invalid field '" + field + "' must be a key=value pair");
  }
}
