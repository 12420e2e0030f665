// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;

class UserKeyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Bearer syt_YWxpY2U_abc_123 |                                | YWxpY2U",
        "Bearer syt_YWx+/Y2U_abc_1  |                                | YWx+/Y2U",
        "Bearer syt_YWxpY2U_        |                                | YWxpY2U",
        "Bearer syt_YWxpY2U         |                                | syt_YWxpY2U",
        "Bearer syt__abc_123        |                                | ''",
        "bearer syt_YWxpY2U_abc_1   |                                | bearer syt_YWxpY2U_abc_1",
        "xBearer syt_YWxpY2U_a_1    |                                | YWxpY2U",
        "Bearer mat_abc             |                                | mat_abc",
        "Basic YWxp                 |                                | Basic YWxp",
        "                           | access_token=syt_Ym9i_a_1      | Ym9i",
        "                           | a=1&access_token=syt_Ym9i_a_1&b| Ym9i",
        "                           | Access_Token=syt_Ym9i_a_1      | Ym9i",
        "                           | access_token=mat_x             | mat_x",
        "                           | access_token=                  | ''",
        "                           | access%5Ftoken=mat_x           | ''",
        "                           |                                | ''",
        "''                         | access_token=syt_Ym9i_a_1      | Ym9i",
        "Bearer syt_YWxpY2U_a_1     | access_token=syt_Ym9i_a_1      | YWxpY2U",
      },
      quoteCharacter = '\'')
  void theKeyIsThatOfNginxsMapsLessBearer(String authorization, String query, String key)
      throws HttpException {
    String field = authorization == null ? "" : "Authorization: " + authorization + "\r\n";
    String target = query == null ? "/" : "/?" + query;
    RequestHead head =
        RequestHead.of("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + field + "\r\n");

    assertThat(head.text(UserKey.find(head))).isEqualTo(key);
  }
}
