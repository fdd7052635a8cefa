// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/loaded_function.h"

#include <gio/gio.h>

extern "C" { // its headers do not say so, and glib's must not be within
#include <osinfo/osinfo.h>
}

namespace twinhull {

/// The address of a function of libosinfo, or of glib, which comes with it; null where it is not installed. Any thread.
void* osinfoSymbol(const char* name);

// In our namespace these come before the functions themselves, as with libvirt's (core/vms/link/libvirt_functions.h).
// The macros that cast must not look at types: define G_DISABLE_CAST_CHECKS first.
#define TH_OSINFO(name)                                                                                                \
    inline constexpr LoadedFunction<decltype(&::name), &osinfoSymbol> name                                             \
    {                                                                                                                  \
#name                                                                                                          \
    }
TH_OSINFO(g_error_free);
TH_OSINFO(g_free);
TH_OSINFO(g_object_ref);
TH_OSINFO(g_object_unref);
TH_OSINFO(osinfo_db_get_os_list);
TH_OSINFO(osinfo_db_identify_media);
TH_OSINFO(osinfo_db_identify_tree);
TH_OSINFO(osinfo_device_get_name);
TH_OSINFO(osinfo_firmware_get_architecture);
TH_OSINFO(osinfo_firmware_get_firmware_type);
TH_OSINFO(osinfo_firmware_is_supported);
TH_OSINFO(osinfo_install_config_new);
TH_OSINFO(osinfo_install_config_set_admin_password);
TH_OSINFO(osinfo_install_config_set_hardware_arch);
TH_OSINFO(osinfo_install_config_set_hostname);
TH_OSINFO(osinfo_install_config_set_installation_url);
TH_OSINFO(osinfo_install_config_set_l10n_keyboard);
TH_OSINFO(osinfo_install_config_set_l10n_language);
TH_OSINFO(osinfo_install_config_set_l10n_timezone);
TH_OSINFO(osinfo_install_config_set_target_disk);
TH_OSINFO(osinfo_install_config_set_user_login);
TH_OSINFO(osinfo_install_config_set_user_password);
TH_OSINFO(osinfo_install_config_set_user_realname);
TH_OSINFO(osinfo_install_script_generate);
TH_OSINFO(osinfo_install_script_generate_command_line);
TH_OSINFO(osinfo_install_script_get_expected_filename);
TH_OSINFO(osinfo_install_script_get_injection_methods);
TH_OSINFO(osinfo_install_script_get_profile);
TH_OSINFO(osinfo_install_script_set_installation_source);
TH_OSINFO(osinfo_install_script_set_preferred_injection_method);
TH_OSINFO(osinfo_list_get_length);
TH_OSINFO(osinfo_list_get_nth);
TH_OSINFO(osinfo_loader_get_db);
TH_OSINFO(osinfo_loader_new);
TH_OSINFO(osinfo_loader_process_default_path);
TH_OSINFO(osinfo_media_create_from_location);
TH_OSINFO(osinfo_media_get_os);
TH_OSINFO(osinfo_os_get_all_devices);
TH_OSINFO(osinfo_os_get_complete_firmware_list);
TH_OSINFO(osinfo_os_get_family);
TH_OSINFO(osinfo_os_get_install_script_list);
TH_OSINFO(osinfo_os_get_minimum_resources);
TH_OSINFO(osinfo_os_get_recommended_resources);
TH_OSINFO(osinfo_product_get_codename);
TH_OSINFO(osinfo_product_get_name);
TH_OSINFO(osinfo_product_get_short_id);
TH_OSINFO(osinfo_resources_get_architecture);
TH_OSINFO(osinfo_resources_get_n_cpus);
TH_OSINFO(osinfo_resources_get_ram);
TH_OSINFO(osinfo_resources_get_storage);
TH_OSINFO(osinfo_tree_create_from_treeinfo);
TH_OSINFO(osinfo_tree_get_os);
#undef TH_OSINFO

} // namespace twinhull
