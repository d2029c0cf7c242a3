/* Writes vectors.jsonl: what the reference library of Open Drone ID makes of messages and frames.
 * See README.md for how it is built and run. */
#include "opendroneid.h"
#include <stdio.h>
#include <stdlib.h>

static uint32_t state = 20261128;

static uint32_t next(void) {
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static void hex(const uint8_t *octets, int count) {
    for (int i = 0; i < count; i++) printf("%02x", octets[i]);
}

static void text(const char *octets) {
    putchar('"');
    for (; *octets; octets++) {
        if (*octets == '"' || *octets == '\\') putchar('\\');
        putchar(*octets);
    }
    putchar('"');
}

/* Letters and digits, ended by a zero. */
static void letters(char *to, int most) {
    int count = 1 + next() % most;
    for (int i = 0; i < count; i++) to[i] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[next() % 34];
    to[count] = 0;
}

static void basic_id(void) {
    ODID_BasicID_data in, out;
    ODID_BasicID_encoded wire = {0};
    odid_initBasicIDData(&in);
    in.UAType = next() % 16;
    in.IDType = 1 + next() % 2;
    letters(in.UASID, ODID_ID_SIZE);
    encodeBasicIDMessage(&wire, &in);
    decodeBasicIDMessage(&out, &wire);
    printf("{\"kind\":\"basic_id\",\"hex\":\"");
    hex((uint8_t *)&wire, sizeof wire);
    printf("\",\"ua_type\":%d,\"id_type\":%d,\"id\":", out.UAType, out.IDType);
    text(out.UASID);
    printf("}\n");
}

static void location(void) {
    ODID_Location_data out;
    ODID_Location_encoded wire;
    uint8_t *octets = (uint8_t *)&wire;
    for (;;) {
        for (int i = 0; i < ODID_MESSAGE_SIZE; i++) octets[i] = next();
        /* The values that mean "unknown", often. */
        if (next() % 4 == 0) { wire.EWDirection = 1; wire.Direction = 181; }
        if (next() % 4 == 0) { wire.SpeedMult = 1; wire.SpeedHorizontal = 255; }
        if (next() % 4 == 0) wire.SpeedVertical = 126;
        if (next() % 4 == 0) { wire.Latitude = 0; wire.Longitude = 0; }
        if (next() % 4 == 0) wire.AltitudeBaro = 0;
        if (next() % 4 == 0) wire.AltitudeGeo = 0;
        if (next() % 4 == 0) wire.Height = 0;
        if (next() % 4 == 0) wire.TimeStamp = 0xffff;
        wire.MessageType = 1;
        wire.ProtoVersion = 2;
        wire.Latitude %= 900000001;
        wire.Longitude %= 1800000001;
        if (wire.Direction > 179 && !(wire.EWDirection && wire.Direction == 181)) continue;
        if (wire.TimeStamp > 36000 && wire.TimeStamp != 0xffff) continue;
        if (decodeLocationMessage(&out, &wire) == ODID_SUCCESS) break;
    }
    printf("{\"kind\":\"location\",\"hex\":\"");
    hex(octets, sizeof wire);
    printf("\",\"status\":%d,\"direction\":%.9g,\"speed\":%.9g,\"climb\":%.9g,\"lat\":%.10g,\"lon\":%.10g",
           out.Status, out.Direction, out.SpeedHorizontal, out.SpeedVertical, out.Latitude,
           out.Longitude);
    printf(",\"baro\":%.9g,\"geo\":%.9g,\"height\":%.9g,\"height_type\":%d,\"timestamp\":%.9g",
           out.AltitudeBaro, out.AltitudeGeo, out.Height, out.HeightType, out.TimeStamp);
    printf(",\"h_acc\":%.9g,\"v_acc\":%.9g,\"b_acc\":%.9g,\"s_acc\":%.9g,\"t_acc\":%.9g}\n",
           decodeHorizontalAccuracy(out.HorizAccuracy), decodeVerticalAccuracy(out.VertAccuracy),
           decodeVerticalAccuracy(out.BaroAccuracy), decodeSpeedAccuracy(out.SpeedAccuracy),
           decodeTimestampAccuracy(out.TSAccuracy));
}

static void system_message(void) {
    ODID_System_data out;
    ODID_System_encoded wire;
    uint8_t *octets = (uint8_t *)&wire;
    do {
        for (int i = 0; i < ODID_MESSAGE_SIZE; i++) octets[i] = next();
        wire.MessageType = 4;
        wire.ProtoVersion = 2;
        wire.OperatorLocationType %= 3;
        wire.ClassificationType %= 2;
        wire.OperatorLatitude %= 900000001;
        wire.OperatorLongitude %= 1800000001;
        if (next() % 4 == 0) { wire.OperatorLatitude = 0; wire.OperatorLongitude = 0; }
        if (next() % 4 == 0) wire.OperatorAltitudeGeo = 0;
        if (next() % 4 == 0) wire.Timestamp = 0;
    } while (decodeSystemMessage(&out, &wire) != ODID_SUCCESS);
    printf("{\"kind\":\"system\",\"hex\":\"");
    hex(octets, sizeof wire);
    printf("\",\"place\":%d,\"classification\":%d,\"lat\":%.10g,\"lon\":%.10g,\"count\":%d,\"radius\":%d",
           out.OperatorLocationType, out.ClassificationType, out.OperatorLatitude,
           out.OperatorLongitude, out.AreaCount, out.AreaRadius);
    printf(",\"ceiling\":%.9g,\"floor\":%.9g,\"category\":%d,\"class\":%d,\"altitude\":%.9g,\"timestamp\":%u}\n",
           out.AreaCeiling, out.AreaFloor, out.CategoryEU, out.ClassEU, out.OperatorAltitudeGeo,
           out.Timestamp);
}

static void authentication(void) {
    ODID_Auth_data in, out;
    ODID_Auth_encoded wire = {0};
    odid_initAuthData(&in);
    in.AuthType = next() % 16;
    in.DataPage = next() % 3;
    in.LastPageIndex = 2;
    in.Length = 63;
    in.Timestamp = next();
    int size = in.DataPage ? ODID_AUTH_PAGE_NONZERO_DATA_SIZE : ODID_AUTH_PAGE_ZERO_DATA_SIZE;
    for (int i = 0; i < size; i++) in.AuthData[i] = next();
    odid_initAuthData(&out);
    encodeAuthMessage(&wire, &in);
    decodeAuthMessage(&out, &wire);
    printf("{\"kind\":\"authentication\",\"hex\":\"");
    hex((uint8_t *)&wire, sizeof wire);
    printf("\",\"type\":%d,\"page\":%d,\"last_page\":%d,\"length\":%d,\"timestamp\":%u,\"data\":\"",
           out.AuthType, out.DataPage, out.LastPageIndex, out.Length, out.Timestamp);
    hex(out.AuthData, size);
    printf("\"}\n");
}

static void texts(void) {
    ODID_SelfID_data self, self_out;
    ODID_SelfID_encoded self_wire = {0};
    odid_initSelfIDData(&self);
    self.DescType = next() % 3;
    letters(self.Desc, ODID_STR_SIZE);
    encodeSelfIDMessage(&self_wire, &self);
    decodeSelfIDMessage(&self_out, &self_wire);
    printf("{\"kind\":\"self_id\",\"hex\":\"");
    hex((uint8_t *)&self_wire, sizeof self_wire);
    printf("\",\"type\":%d,\"text\":", self_out.DescType);
    text(self_out.Desc);
    printf("}\n");
    ODID_OperatorID_data operator, operator_out;
    ODID_OperatorID_encoded operator_wire = {0};
    odid_initOperatorIDData(&operator);
    letters(operator.OperatorId, ODID_ID_SIZE);
    encodeOperatorIDMessage(&operator_wire, &operator);
    decodeOperatorIDMessage(&operator_out, &operator_wire);
    printf("{\"kind\":\"operator_id\",\"hex\":\"");
    hex((uint8_t *)&operator_wire, sizeof operator_wire);
    printf("\",\"type\":%d,\"text\":", operator_out.OperatorIdType);
    text(operator_out.OperatorId);
    printf("}\n");
}

static void frames(void) {
    static ODID_UAS_Data uas;
    uint8_t frame[1024];
    char mac[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
    odid_initUasData(&uas);
    uas.BasicIDValid[0] = 1;
    uas.BasicID[0].IDType = 1;
    uas.BasicID[0].UAType = 2;
    strcpy(uas.BasicID[0].UASID, "MFR1C123456789ABC");
    uas.LocationValid = 1;
    uas.Location.Status = 2;
    uas.Location.Direction = 215.7f;
    uas.Location.SpeedHorizontal = 5.4f;
    uas.Location.SpeedVertical = -2.5f;
    uas.Location.Latitude = 42.8746;
    uas.Location.Longitude = 74.5698;
    uas.Location.AltitudeGeo = 812.5f;
    uas.Location.Height = 80.0f;
    uas.Location.TimeStamp = 360.5f;
    uas.SystemValid = 1;
    uas.System.OperatorLocationType = 1;
    uas.System.OperatorLatitude = 42.8700;
    uas.System.OperatorLongitude = 74.5700;
    uas.OperatorIDValid = 1;
    strcpy(uas.OperatorID.OperatorId, "KGZ87astrdge12k8");
    int length = odid_wifi_build_message_pack_nan_action_frame(&uas, mac, 7, frame, sizeof frame);
    printf("{\"kind\":\"nan\",\"hex\":\"");
    hex(frame, length);
    printf("\"}\n");
    length = odid_wifi_build_message_pack_beacon_frame(&uas, mac, "UAS", 3, 512, 8, frame,
                                                       sizeof frame);
    /* The time in it is this machine's: zero it. */
    memset(frame + 24, 0, 8);
    printf("{\"kind\":\"beacon\",\"hex\":\"");
    hex(frame, length);
    printf("\"}\n");
}

int main(void) {
    for (int i = 0; i < 40; i++) basic_id();
    for (int i = 0; i < 300; i++) location();
    for (int i = 0; i < 80; i++) system_message();
    for (int i = 0; i < 30; i++) authentication();
    for (int i = 0; i < 20; i++) texts();
    frames();
    return 0;
}
