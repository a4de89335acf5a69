/* `trowel image`, and the program itself, with images whose data is in an external file: only by --data-file. */
#include "tests/end/support/folder.h"
#include "tests/end/support/image.h"

#include <unistd.h>

static void commands_take_the_data_file_by_option(void **state)
{
    (void)state;
    const char *image = in_folder("image.qcow2"), *data = in_folder("image.data"), *raw = in_folder("out.raw");
    struct program p;
    must("qemu-img create -q -f qcow2 -o data_file='%s' '%s' 1M && qemu-io -f qcow2 -c 'write -P 7 3k 100k' '%s'", data,
         image, image);
    image_run(&p, "info", image);
    program_ended(&p, 0);
    assert_non_null(strstr(p.out, "image.data"));
    program_free(&p);
    image_refuses(1, "image.data", "convert", image, raw);
    assert_int_equal(access(raw, F_OK), -1);
    image_must("convert", "--data-file", data, image, raw);
    must("qemu-img compare -f qcow2 -F raw '%s' '%s'", image, raw);
    image_refuses(2, "image.data", "compare", raw, image);
    image_must("compare", "--data-file", data, image, raw);
    image_must("check", image);
    image_refuses(1, "no internal snapshots", "snapshot", "-c", "one", "--data-file", data, image);
    image_must("resize", "--data-file", data, image, "2M");
    must("qemu-img check -q -f qcow2 '%s'", image);
}

static void images_with_a_data_file_can_be_made(void **state)
{
    (void)state;
    const char *image = in_folder("new.qcow2"), *data = in_folder("new.data"), *copy = in_folder("copy.qcow2");
    char options[600], more[600];
    snprintf(options, sizeof options, "cluster_size=4k,data_file=%s,data_file_raw=on", data);
    image_must("create", "-f", "qcow2", "-o", options, image, "1M");
    must("qemu-io -f qcow2 -c 'write -P 7 3k 100k' '%s'", image);
    must("qemu-img compare -f qcow2 -F raw '%s' '%s'", image, data);
    snprintf(more, sizeof more, "data_file=%s", in_folder("copy.data"));
    image_must("convert", "-O", "qcow2", "-o", more, "--data-file", data, image, copy);
    must("qemu-img check -q '%s' && qemu-img compare '%s' '%s'", copy, copy, image);
}

static void the_machine_takes_it_by_option(void **state)
{
    (void)state;
    const char *image = in_folder("disk.qcow2"), *data = in_folder("disk.data");
    struct program p;
    must("qemu-img create -q -f qcow2 -o data_file='%s' '%s' 10M", data, image);
    trowel_run(&p, "--batch", "-ex", "quit", "--hda", image);
    program_complained(&p, "disk.data");
    program_free(&p);
    trowel_run(&p, "--batch", "-ex", "quit", "--hda", image, "--data-file", data);
    program_ended(&p, 0);
    program_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_take_the_data_file_by_option),
        cmocka_unit_test(images_with_a_data_file_can_be_made),
        cmocka_unit_test(the_machine_takes_it_by_option),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
