// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.fleet;

/**
 * Changed files that are not loaded, so that what serves is not what the files say.
 *
 * @param since when they were refused first, as ISO 8601 has it
 * @param error why, with file and line where one is at fault
 */
public record RefusedReload(String since, String error) {}
