package dev.obdbuild.snapshots.live;

import dev.obdbuild.backstore.device.LayerPlace;
import dev.obdbuild.backstore.device.LayerPlaces;
import dev.obdbuild.backstore.device.TopFiles;
import dev.obdbuild.snapshots.layer.OpenLayers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where the layers of a chain lie, and the writable one above them. */
record ChainPlaces(OpenLayers layers, Chain chain, Optional<TopFiles> top) implements LayerPlaces {

  @Override
  public List<LayerPlace> below() throws IOException {
    List<LayerPlace> places = new ArrayList<>();
    for (String id : chain.layers()) {
      places.add(layers.where(id));
    }
    return places;
  }
}
