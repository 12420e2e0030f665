package org.synapsegateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadMemoryTest {
  @Test
  void allLargeHeadsTogetherHaveALimit() {
    HeadMemory memory = new HeadMemory(100);
    assertThat(memory.resize(0, 60)).isTrue();
    assertThat(memory.resize(0, 60)).isFalse();
    assertThat(memory.resize(60, 10)).isTrue();
    assertThat(memory.resize(0, 60)).isTrue();
    assertThat(memory.taken()).isEqualTo(70);
  }
}
