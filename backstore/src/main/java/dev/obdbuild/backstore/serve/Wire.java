package dev.obdbuild.backstore.serve;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.backstore.metrics.DeviceCounts;
import dev.obdbuild.backstore.metrics.DeviceNumbers;
import dev.obdbuild.backstore.remote.Fetched;
import dev.obdbuild.oci.image.Descriptor;
import dev.obdbuild.oci.image.LayerBlob;
import dev.obdbuild.oci.image.Repository;
import dev.obdbuild.oci.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The bytes of requests, replies and written-down devices; the layout is in the package's text. */
final class Wire {
  /** Counts up when a message changes. */
  static final int VERSION = 2;

  static final int MAX_LENGTH = 4 << 20;

  private static final int RAW = 1;
  private static final int SEALED = 2;
  private static final int REMOTE = 3;
  private static final int TEXT_LIMIT = 16 << 10;

  private Wire() {}

  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  private interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  static byte[] encode(Request request) throws IOException {
    return bytes(
        out -> {
          switch (request) {
            case Request.Export export -> {
              out.writeByte(1);
              write(export.spec(), out);
            }
            case Request.Freeze freeze -> {
              out.writeByte(2);
              out.writeUTF(freeze.key());
              write(freeze.top(), out);
            }
            case Request.Resume resume -> {
              out.writeByte(3);
              out.writeUTF(resume.key());
              write(resume.next(), out);
            }
            case Request.Status status -> {
              out.writeByte(4);
              out.writeUTF(status.key());
            }
            case Request.Fail fail -> {
              out.writeByte(5);
              out.writeUTF(fail.key());
              out.writeUTF(shortened(fail.reason()));
            }
            case Request.Close close -> {
              out.writeByte(6);
              out.writeUTF(close.key());
            }
            case Request.Release release -> {
              out.writeByte(7);
              out.writeUTF(release.owner());
            }
            case Request.Watch _ -> out.writeByte(8);
            case Request.Numbers numbers -> {
              out.writeByte(9);
              out.writeUTF(numbers.owner());
            }
          }
        });
  }

  static Request request(byte[] bytes) throws IOException {
    return whole(
        bytes,
        "request",
        in ->
            switch (in.readByte()) {
              case 1 -> new Request.Export(spec(in));
              case 2 -> new Request.Freeze(in.readUTF(), top(in));
              case 3 -> new Request.Resume(in.readUTF(), top(in));
              case 4 -> new Request.Status(in.readUTF());
              case 5 -> new Request.Fail(in.readUTF(), in.readUTF());
              case 6 -> new Request.Close(in.readUTF());
              case 7 -> new Request.Release(in.readUTF());
              case 8 -> new Request.Watch();
              case 9 -> new Request.Numbers(in.readUTF());
              default -> throw new IllegalArgumentException("unknown kind");
            });
  }

  static byte[] encode(Reply reply) throws IOException {
    return bytes(
        out -> {
          switch (reply) {
            case Reply.Exported exported -> {
              out.writeByte(1);
              out.writeUTF(exported.node());
              out.writeInt(exported.connection());
            }
            case Reply.Done _ -> out.writeByte(2);
            case Reply.Failed failed -> {
              out.writeByte(3);
              out.writeUTF(shortened(failed.reason()));
            }
            case Reply.Refused refused -> {
              out.writeByte(4);
              out.writeUTF(shortened(refused.reason()));
            }
            case Reply.Numbers numbers -> {
              out.writeByte(5);
              out.writeLong(numbers.fetched());
              out.writeShort(numbers.devices().size());
              for (DeviceNumbers device : numbers.devices()) {
                write(device, out);
              }
            }
          }
        });
  }

  static Reply reply(byte[] bytes) throws IOException {
    return whole(
        bytes,
        "reply",
        in ->
            switch (in.readByte()) {
              case 1 -> new Reply.Exported(in.readUTF(), in.readInt());
              case 2 -> new Reply.Done();
              case 3 -> new Reply.Failed(in.readUTF());
              case 4 -> new Reply.Refused(in.readUTF());
              case 5 -> numbers(in);
              default -> throw new IllegalArgumentException("unknown kind");
            });
  }

  static byte[] encode(DeviceSpec spec) throws IOException {
    return bytes(out -> write(spec, out));
  }

  static DeviceSpec spec(byte[] bytes) throws IOException {
    return whole(bytes, "device", Wire::spec);
  }

  private static void write(DeviceSpec spec, DataOutputStream out) throws IOException {
    out.writeUTF(spec.owner());
    out.writeUTF(spec.name());
    out.writeLong(spec.size());
    out.writeInt(spec.sectorSize());
    out.writeShort(spec.layers().size());
    for (LayerPlace place : spec.layers()) {
      write(place, out);
    }
    out.writeBoolean(spec.top().isPresent());
    if (spec.top().isPresent()) {
      write(spec.top().get(), out);
    }
    out.writeBoolean(spec.frozen());
  }

  private static DeviceSpec spec(DataInputStream in) throws IOException {
    String owner = in.readUTF();
    String name = in.readUTF();
    long size = in.readLong();
    int sectorSize = in.readInt();
    int count = in.readUnsignedShort();
    if (count > DeviceSpec.MAX_LAYERS) {
      throw new IllegalArgumentException(count + " layers");
    }
    List<LayerPlace> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(place(in));
    }
    Optional<TopFiles> top = in.readBoolean() ? Optional.of(top(in)) : Optional.empty();
    return new DeviceSpec(owner, name, size, sectorSize, layers, top, in.readBoolean());
  }

  private static void write(DeviceNumbers device, DataOutputStream out) throws IOException {
    write(device.node(), out);
    out.writeBoolean(device.writable());
    out.writeLong(device.size());
    out.writeLong(device.layerBytes());
    DeviceCounts counts = device.counts();
    out.writeLong(counts.reads());
    out.writeLong(counts.read());
    out.writeLong(counts.writes());
    out.writeLong(counts.written());
    out.writeLong(counts.failures());
    out.writeLong(device.fetched().bytes());
    out.writeLong(device.fetched().size());
  }

  private static Reply.Numbers numbers(DataInputStream in) throws IOException {
    long fetched = in.readLong();
    List<DeviceNumbers> devices = new ArrayList<>();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      devices.add(
          new DeviceNumbers(
              path(in),
              in.readBoolean(),
              in.readLong(),
              in.readLong(),
              new DeviceCounts(
                  in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()),
              new Fetched(in.readLong(), in.readLong())));
    }
    return new Reply.Numbers(fetched, devices);
  }

  private static void write(LayerPlace place, DataOutputStream out) throws IOException {
    switch (place) {
      case LayerPlace.Raw raw -> {
        out.writeByte(RAW);
        write(raw.data(), out);
        write(raw.index(), out);
      }
      case LayerPlace.Sealed sealed -> {
        out.writeByte(SEALED);
        write(sealed.file(), out);
      }
      case LayerPlace.Remote remote -> {
        out.writeByte(REMOTE);
        out.writeUTF(remote.blob().repository().registry());
        out.writeUTF(remote.blob().repository().name());
        out.writeUTF(remote.blob().descriptor().toJson());
      }
    }
  }

  private static LayerPlace place(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case RAW -> new LayerPlace.Raw(path(in), path(in));
      case SEALED -> new LayerPlace.Sealed(path(in));
      case REMOTE -> {
        Repository repository = new Repository(in.readUTF(), in.readUTF());
        byte[] json = in.readUTF().getBytes(StandardCharsets.UTF_8);
        Descriptor descriptor = Descriptor.read(JsonReader.parse(json, "descriptor of a layer"));
        yield new LayerPlace.Remote(new LayerBlob(descriptor, repository));
      }
      default -> throw new IllegalArgumentException("unknown kind of place");
    };
  }

  private static void write(TopFiles top, DataOutputStream out) throws IOException {
    write(top.data(), out);
    write(top.journal(), out);
    write(top.index(), out);
  }

  private static TopFiles top(DataInputStream in) throws IOException {
    return new TopFiles(path(in), path(in), path(in));
  }

  private static void write(Path path, DataOutputStream out) throws IOException {
    out.writeUTF(path.toString());
  }

  private static Path path(DataInputStream in) throws IOException {
    String text = in.readUTF();
    try {
      Path path = Path.of(text);
      if (path.isAbsolute() && path.normalize().equals(path)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("path '" + text + "'", e);
    }
    throw new IllegalArgumentException("path '" + text + "'");
  }

  private static String shortened(String text) {
    return text.length() <= TEXT_LIMIT ? text : text.substring(0, TEXT_LIMIT);
  }

  private static byte[] bytes(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    }
    if (bytes.size() > MAX_LENGTH) {
      throw new IOException("a message of " + bytes.size() + " bytes, at most " + MAX_LENGTH);
    }
    return bytes.toByteArray();
  }

  private static <T> T whole(byte[] bytes, String what, Reading<T> reading) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      T value = reading.from(in);
      if (in.available() > 0) {
        throw new IllegalArgumentException(in.available() + " bytes behind its end");
      }
      return value;
    } catch (EOFException e) {
      throw new IOException("a " + what + " of " + bytes.length + " bytes is cut short", e);
    } catch (IllegalArgumentException e) {
      throw new IOException("a " + what + " makes no sense: " + e.getMessage(), e);
    }
  }
}
