// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.identity.Heads.head;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaKeyTest {
  @ParameterizedTest
  @CsvSource({
    "/_matrix/media/v3/download/x.org/abc, x.org/abc",
    "/_matrix/media/v3/download/x.org/abc/cat.png, x.org/abc",
    "/_matrix/media/v3/download/x.org/abc?allow_remote=false, x.org/abc",
    "/_matrix/media/r0/thumbnail/x.org/abc?width=32&height=32, x.org/abc",
    "/_matrix/client/v1/media/download/x.org/abc/a/b, x.org/abc",
    "/_matrix/client/v1/media/thumbnail/x.org/abc, x.org/abc",
    "/_matrix/federation/v1/media/download/abc, abc",
    "/_matrix/federation/v1/media/thumbnail/abc?width=32, abc",
    "/_matrix/media/v3/download/x.org, x.org",
    "/_matrix/media/v3/download/x.org/, x.org/",
    "/_matrix/media/v3/download/, ''",
    "/_matrix/media/v3/download, ''",
    "/_matrix/media/v3/upload?filename=/download/x/y, ''",
    "/_matrix/media/v3/upload/x.org/abc, ''",
    "/_matrix/media/v3/preview_url?url=x, ''",
    "/_matrix/media/v3/config, ''",
    "/, ''",
  })
  void isTheFileWhateverIsMadeOfIt(String target, String key) {
    assertThat(MediaKey.find(head(target)).text()).isEqualTo(key);
  }
}
