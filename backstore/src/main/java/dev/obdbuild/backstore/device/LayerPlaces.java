package dev.obdbuild.backstore.device;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Where the layers of a device lie; asked only by exporters that serve in another process. */
public interface LayerPlaces {

  /** The layers below the writable one, the lowest first. */
  List<LayerPlace> below() throws IOException;

  /** The writable layer; none for a device that takes no writes. */
  Optional<TopFiles> top();
}
