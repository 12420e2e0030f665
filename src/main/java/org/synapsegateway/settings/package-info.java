/** The gateway's settings: every key with its default and its purpose, and their checked values. */
@NullMarked
package org.synapsegateway.settings;

import org.jspecify.annotations.NullMarked;
