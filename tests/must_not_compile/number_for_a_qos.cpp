// EXPECT: could not convert '{"topic", 3}'
// EXPECT: cannot initialize a member subobject of type 'atmqtt::qos' with an rvalue of type 'int'
// A level that MQTT does not have cannot be asked for by mistake.
// SPDX-License-Identifier: MIT
#include <atmqtt/at/commands.hpp>

using namespace atmqtt;

subscribe wish() {
#ifdef CONTROL
    return {"topic", qos::exactly_once};
#else
    return {"topic", 3};
#endif
}
