// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synapsegateway.metrics.Figures;

/** The ring of one worker's samples. */
class TrackTest {
  private static final int MAX_BYTES = 10_000_000;
  private static final int WORKERS = 200;

  /** More than an object's head, a list's or a map's entry take. */
  private static final int OVERHEAD = 64;

  private static Figures figures(long requests, long inFlight) {
    return new Figures(requests, requests / 2, requests / 4, inFlight, 0, 0, 0, List.of());
  }

  @Test
  void itTellsWhatCameBetweenTwoSamplesAndWhatWasThere() {
    Track track = new Track(0, figures(100, 0));
    track.add(0, figures(104, 7), 'u');
    track.add(1, figures(112, 0), 'd');

    assertThat(track.series(0, 2))
        .isEqualTo(
            new Track.Series(
                List.of(4, 8), List.of(2, 4), List.of(1, 2), List.of(7, 0), List.of(0, 0), "ud"));
    assertThat(track.series(1, 2).requests()).containsExactly(8);
    assertThat(track.series(2, 2).requests()).isEmpty();
  }

  @Test
  void aWorkerThatCameLaterHasNothingBefore() {
    Track track = new Track(2, figures(0, 0));
    track.add(2, figures(3, 1), 'u');

    assertThat(track.series(0, 3).requests()).containsExactly(0, 0, 3);
    assertThat(track.series(0, 3).states()).isEqualTo("  u");
  }

  @Test
  void theNewestTakeThePlaceOfTheOldest() {
    Track track = new Track(0, figures(0, 0));
    for (int i = 0; i < 3 * Track.SAMPLES + 5; i++) {
      track.add(i, figures(0, i), 'u');
    }
    List<Integer> kept = track.series(2 * Track.SAMPLES + 5, 3 * Track.SAMPLES + 5).inFlight();
    assertThat(kept).hasSize(Track.SAMPLES).isSorted();
    assertThat(kept.get(0)).isEqualTo(2 * Track.SAMPLES + 5);
  }

  @Test
  void twoHundredWorkersFitTenMegabytes() throws Exception {
    long bytes = OVERHEAD;
    Track track = new Track(0, figures(0, 0));
    for (Field field : Track.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      field.setAccessible(true);
      assertThat(field.getType().isPrimitive() || field.getType().isArray()).isTrue();
      bytes += Long.BYTES;
      if (field.getType().isArray()) {
        Class<?> of = field.getType().getComponentType();
        assertThat(of).isIn(int.class, byte.class);
        bytes += OVERHEAD + (long) Array.getLength(field.get(track)) * (of == int.class ? 4 : 1);
      }
    }
    assertThat(WORKERS * (bytes + OVERHEAD)).isLessThan(MAX_BYTES);
  }
}
