// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.importer.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectiveTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "if ($http_x_api_key = s3cret) ;if ($http_x_api_key = ...)",
        "if ($arg_token !~ ^s3cret$) ;if ($arg_token !~ ...)",
        "if ($http_authorization ~* ^Basic) ;if ($http_authorization ~* ...)",
        "if ($arg_access_token = ) ;if ($arg_access_token = )",
        "if ($http_cookie) ;if ($http_cookie)",
        "if ($request_method = POST) ;if ($request_method = POST)",
        "set $admin_password s3cret ;set $admin_password ...",
        "set $token $arg_access_token ;set $token $arg_access_token",
        "proxy_set_header Authorization s3cret ;proxy_set_header Authorization ...",
        "location /key/x ;location /key/x",
        "internal ;internal",
      })
  void aMessageHasNoSecretOfTheFile(String text, String told) {
    List<String> words = List.of(text.split(" "));
    Directive directive =
        new Directive(
            new Place("nginx.conf", 1), words.get(0), words.subList(1, words.size()), null);
    assertThat(directive).hasToString(told);
  }
}
